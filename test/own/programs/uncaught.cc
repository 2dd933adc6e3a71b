/* SPDX-License-Identifier: MIT */
/* An exception that leaves a thread ends the program. */
#include <atomic>
#include <stdexcept>
#include <thread>

static std::atomic<int> left{1};

static void take()
{
#ifdef FIXED
	if (left.fetch_sub(1) < 1)
		return;
#else
	if (left < 1)
		return;
	if (left.fetch_sub(1) < 1)
		throw std::runtime_error("none"); /* expect: abort */
#endif
}

int main()
{
	std::thread one(take), two(take);

	one.join();
	two.join();
}
