/* SPDX-License-Identifier: MIT */
/* Two threads throw, catch, and count what they caught. */
#include <atomic>
#include <stdexcept>
#include <thread>

static std::atomic<int> steps;
#ifdef FIXED
static std::atomic<int> caught;
#else
static int caught;
#endif

static void step(int number)
{
	steps++;
	throw std::runtime_error(number == 1 ? "one" : "two");
}

static void work(int number)
{
	try {
		step(number);
	} catch (const std::runtime_error &error) {
		steps++;
		if (error.what()[0] != (number == 1 ? 'o' : 't'))
			throw;
		caught++; /* expect: data-race */
	}
}

int main()
{
	std::thread one(work, 1), two(work, 2);

	one.join();
	two.join();
	return caught != 2;
}
