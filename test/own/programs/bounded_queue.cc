/* SPDX-License-Identifier: MIT */
/* A queue of one place; the same condition wakes those who put and those who take. */
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

static std::mutex lock;
static std::condition_variable changed;
static std::optional<int> place;

static void put(int item)
{
	std::unique_lock<std::mutex> guard(lock);

	changed.wait(guard, [] { return !place; }); /* expect: deadlock */
	place = item;
#ifdef FIXED
	changed.notify_all();
#else
	changed.notify_one();
#endif
}

static int take()
{
	std::unique_lock<std::mutex> guard(lock);

	changed.wait(guard, [] { return place.has_value(); }); /* expect: deadlock */
	int item = *place;
	place.reset();
#ifdef FIXED
	changed.notify_all();
#else
	changed.notify_one();
#endif
	return item;
}

int main()
{
	std::thread first([] { put(1); }), second([] { put(2); });
	std::thread taker([] { take(); });

	take();
	taker.join();  /* expect: deadlock */
	first.join();  /* expect: deadlock */
	second.join(); /* expect: deadlock */
}
