/* SPDX-License-Identifier: MIT */
/* Each thread counts for itself; the destructor adds that to what all have, without a lock. */
#include <mutex>
#include <thread>

static int total;
static std::mutex lock;

struct tally {
	int count = 0;

	~tally()
	{
#ifdef FIXED
		std::lock_guard<std::mutex> guard(lock);
#endif
		total += count; /* expect: data-race */
	}
};

static thread_local tally mine;

static void work()
{
	mine.count++;
}

int main()
{
	std::thread one(work), two(work);

	one.join();
	two.join();
	std::lock_guard<std::mutex> guard(lock);
	return total != 2;
}
