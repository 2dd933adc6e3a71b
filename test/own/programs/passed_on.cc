/* SPDX-License-Identifier: MIT */
/* What one thread catches, another throws again; it looks before it is there. */
#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>

static std::exception_ptr failure;
static std::atomic<bool> failed;

static void work()
{
	try {
		throw std::runtime_error("no");
	} catch (...) {
#ifdef FIXED
		failure = std::current_exception();
		failed = true;
#else
		failed = true;
		failure = std::current_exception(); /* expect: data-race */
#endif
	}
}

int main()
{
	std::thread worker(work);
	bool was_thrown = false;

	if (failed) {
		try {
			if (failure)				 /* expect: data-race */
				std::rethrow_exception(failure); /* expect: data-race */
		} catch (const std::runtime_error &) {
			was_thrown = true;
		}
	}
	worker.join();
	return was_thrown ? 0 : 0;
}
