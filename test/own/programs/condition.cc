/* SPDX-License-Identifier: MIT */
/* The flag is set without the mutex, so that the waiter looks, and sleeps after the notice. */
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

static std::mutex lock;
static std::condition_variable changed;
static std::atomic<bool> ready;

static void wait()
{
	std::unique_lock<std::mutex> guard(lock);

	changed.wait(guard, [] { return ready.load(); }); /* expect: deadlock */
}

int main()
{
	std::thread waiter(wait);

	{
#ifdef FIXED
		std::lock_guard<std::mutex> guard(lock);
#endif
		ready = true;
	}
	changed.notify_one();
	waiter.join(); /* expect: deadlock */
}
