// SPDX-License-Identifier: MIT
// Two threads throw one exception again, and both change what it holds.
#include <exception>
#include <mutex>
#include <thread>

struct failure {
	int times = 0;
};

static std::exception_ptr thrown;
static std::mutex lock;

static void work()
{
	try {
		std::rethrow_exception(thrown);
	} catch (failure &shared) {
#ifdef FIXED
		std::lock_guard<std::mutex> guard(lock);
#endif
		shared.times++; // expect: data-race
	}
}

int main()
{
	thrown = std::make_exception_ptr(failure());
	std::thread one(work), two(work);

	one.join();
	two.join();
	return 0;
}
