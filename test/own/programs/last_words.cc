// SPDX-License-Identifier: MIT
// What a thread-local object adds to when its thread ends is shared by all threads.
#include <atomic>
#include <mutex>
#include <thread>

static std::mutex lock;
static int total;

struct tally {
	int count = 0;
	~tally()
	{
#ifdef FIXED
		std::lock_guard<std::mutex> guard(lock);
#endif
		total += count; // expect: data-race
	}
};

static thread_local tally mine;
static std::atomic<int> next;

static void work()
{
	mine.count += ++next;
}

int main()
{
	std::thread one(work), two(work);

	one.join();
	two.join();
	return total != 3;
}
