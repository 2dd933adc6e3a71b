/* SPDX-License-Identifier: MIT */
/* A count and a flag that belong together are two atomics; one word holds both. */
#include <atomic>
#include <cassert>
#include <thread>

struct state {
	unsigned short uses;
	unsigned short is_closed;
};

#ifdef FIXED
static std::atomic<state> all{state{0, 0}};

static bool enter()
{
	state seen = all;

	while (!seen.is_closed)
		if (all.compare_exchange_strong(seen, state{(unsigned short)(seen.uses + 1), 0}))
			return true;
	return false;
}

static bool close()
{
	state none{0, 0};

	return all.compare_exchange_strong(none, state{0, 1});
}

static bool is_closed()
{
	return all.load().is_closed;
}
#else
static std::atomic<unsigned short> uses, closed;

static bool enter()
{
	if (closed)
		return false;
	uses++;
	return true;
}

static bool close()
{
	if (uses)
		return false;
	closed = 1;
	return true;
}

static bool is_closed()
{
	return closed;
}
#endif

int main()
{
	std::thread user([] {
		if (enter())
			assert(!is_closed()); /* expect: check-failed */
	});

	close();
	user.join();
}
