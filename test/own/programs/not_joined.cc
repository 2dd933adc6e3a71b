/* SPDX-License-Identifier: MIT */
/* A thread object goes away while its thread may run. */
#include <atomic>
#include <thread>

static std::atomic<int> done;

int main()
{
	std::thread worker([] { done++; });

#ifdef FIXED
	worker.join();
#else
	if (done)
		worker.join();
#endif
} /* expect: abort */
