/* SPDX-License-Identifier: MIT */
/* Every mutex and condition of the C++ library: sums come out, and nobody waits for ever. */
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace
{

constexpr int THREADS = 4;
constexpr int TURNS = 400;
constexpr auto LONG = std::chrono::minutes(1);

void is(bool right, const char *what)
{
	if (right)
		return;
	std::fprintf(stderr, "%s\n", what);
	std::_Exit(1);
}

void in_all(const std::function<void(int)> &work)
{
	std::vector<std::thread> threads;

	for (int i = 0; i < THREADS; i++)
		threads.emplace_back(work, i);
	for (auto &thread : threads)
		thread.join();
}

template <class Mutex> void adds(const char *name)
{
	Mutex mutex;
	long sum = 0, tries = 0;

	in_all([&](int) {
		for (int i = 0; i < TURNS; i++) {
			std::lock_guard<Mutex> guard(mutex);
			sum++;
		}
		for (int done = 0; done < TURNS;) {
			std::unique_lock<Mutex> guard(mutex, std::try_to_lock);
			if (!guard) {
				std::this_thread::yield();
				continue;
			}
			tries++;
			done++;
		}
	});
	is(sum == THREADS * TURNS && tries == sum, name);
}

template <class Mutex> void waits_for(const char *name)
{
	Mutex mutex;
	long sum = 0;

	in_all([&](int) {
		for (int i = 0; i < TURNS; i++) {
			std::unique_lock<Mutex> guard(mutex, std::defer_lock);
			is(i % 2 ? guard.try_lock_for(LONG)
				 : guard.try_lock_until(std::chrono::system_clock::now() + LONG),
			   name);
			sum++;
		}
	});
	is(sum == THREADS * TURNS, name);
	std::lock_guard<Mutex> held(mutex);
	std::thread([&] {
		is(!mutex.try_lock_for(std::chrono::milliseconds(1)), "a mutex that is held");
	}).join();
}

void deep()
{
	std::recursive_mutex mutex;
	long sum = 0;

	in_all([&](int) {
		for (int i = 0; i < TURNS; i++) {
			std::lock_guard<std::recursive_mutex> first(mutex), second(mutex);
			sum++;
		}
	});
	is(sum == THREADS * TURNS, "std::recursive_mutex, twice");
}

/* Two counters that a reader always finds equal. */
template <class Mutex> void shares(const char *name)
{
	Mutex mutex;
	long first = 0, second = 0;

	in_all([&](int thread) {
		for (int i = 0; i < TURNS; i++) {
			if (thread == 0) {
				std::unique_lock<Mutex> writes(mutex);
				first++;
				second++;
			} else {
				std::shared_lock<Mutex> reads(mutex);
				is(first == second, name);
			}
		}
	});
	is(first == TURNS, name);
}

template <class Condition> void queue(const char *name)
{
	std::mutex mutex;
	Condition some, room;
	std::deque<int> items;
	long sum = 0;

	in_all([&](int thread) {
		for (int i = 0; i < TURNS; i++) {
			std::unique_lock<std::mutex> guard(mutex);
			if (thread % 2) {
				room.wait(guard, [&] { return items.size() < 8; });
				items.push_back(i);
				some.notify_one();
			} else {
				is(some.wait_for(guard, LONG, [&] { return !items.empty(); }),
				   name);
				sum += items.front();
				items.pop_front();
				room.notify_one();
			}
		}
	});
	is(sum == THREADS / 2L * TURNS * (TURNS - 1) / 2, name);
}

void crossed()
{
	std::mutex first, second;
	long sum = 0;

	in_all([&](int thread) {
		for (int i = 0; i < TURNS; i++) {
			if (thread % 2) {
				std::scoped_lock both(first, second);
				sum++;
			} else {
				std::scoped_lock both(second, first);
				sum++;
			}
		}
	});
	is(sum == THREADS * TURNS, "std::scoped_lock of two");
}

void once()
{
	std::once_flag flag;
	std::atomic<int> calls = 0;

	in_all([&](int) { std::call_once(flag, [&] { calls++; }); });
	is(calls == 1, "std::call_once");
	std::promise<int> promise;
	std::future<int> future =
		std::async(std::launch::async,
			   [answer = promise.get_future()]() mutable { return answer.get(); });
	promise.set_value(7);
	is(future.get() == 7, "std::future");
}

} // namespace

int main()
{
	adds<std::mutex>("std::mutex");
	adds<std::recursive_mutex>("std::recursive_mutex");
	adds<std::timed_mutex>("std::timed_mutex");
	adds<std::shared_mutex>("std::shared_mutex, alone");
	waits_for<std::timed_mutex>("std::timed_mutex, with a deadline");
	waits_for<std::recursive_timed_mutex>("std::recursive_timed_mutex");
	waits_for<std::shared_timed_mutex>("std::shared_timed_mutex, alone");
	deep();
	shares<std::shared_mutex>("std::shared_mutex");
	shares<std::shared_timed_mutex>("std::shared_timed_mutex");
	queue<std::condition_variable>("std::condition_variable");
	queue<std::condition_variable_any>("std::condition_variable_any");
	crossed();
	once();
	std::puts("right");
}
