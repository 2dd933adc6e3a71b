/* SPDX-License-Identifier: MIT */
/* Each thread has a copy of a shared_ptr, or looks at the object without one. */
#include <memory>
#include <thread>

int main()
{
	auto number = std::make_shared<int>(7);
#ifdef FIXED
	auto look = [number] {
#else
	auto look = [number = number.get()] {
#endif
		if (*number != 7) /* expect: use-after-free, data-race */
			throw *number;
	};
	std::thread one(look), two(look);

	number.reset(); /* expect: data-race */
	one.join();
	two.join();
}
