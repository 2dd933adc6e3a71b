/* SPDX-License-Identifier: MIT */
/*
 * The closure holds a reference to what the function that made it had.
 * fix: nothing to interleave
 */
#include <memory>
#include <thread>

static std::thread start()
{
	auto number = std::make_unique<int>(7);

#ifdef FIXED
	return std::thread([number = std::move(number)] {
		if (*number != 7)
			throw *number;
	});
#else
	return std::thread([number = number.get()] {
		if (*number != 7) /* expect: use-after-free, data-race */
			throw *number;
	});
#endif
} /* expect: data-race */

int main()
{
	start().join();
}
