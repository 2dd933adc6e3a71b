/* SPDX-License-Identifier: MIT */
/* Two mutexes, taken one after the other in both orders. */
#include <mutex>
#include <thread>

static std::mutex a, b;
static int x, y;

static void move(std::mutex &first, std::mutex &second, int by)
{
#ifdef FIXED
	std::scoped_lock guard(first, second);
#else
	std::lock_guard<std::mutex> outer(first);
	std::lock_guard<std::mutex> inner(second); /* expect: deadlock */
#endif
	x += by;
	y -= by;
}

int main()
{
	std::thread one([] { move(a, b, 1); });
	std::thread two([] { move(b, a, 2); });

	one.join(); /* expect: deadlock */
	two.join(); /* expect: deadlock */
}
