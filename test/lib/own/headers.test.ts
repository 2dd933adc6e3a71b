import { describe, expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { searched } from './hosting';

const shop = workshop();

const DEADLOCK = `#include <mutex>
#include <thread>
std::mutex a, b;
static void one() {
  std::lock_guard<std::mutex> first(a);
  std::lock_guard<std::mutex> second(b);
}
static void two() {
  std::lock_guard<std::mutex> first(b);
  std::lock_guard<std::mutex> second(a);
}
int main() {
  std::thread t(one);
  two();
  t.join();
}
`;

/** std::lock() tries one lock after the other, in a loop of a header. */
const ORDERED = `#include <mutex>
#include <thread>
std::mutex a, b;
static void both() {
  std::lock(a, b);
  a.unlock();
  b.unlock();
}
int main() {
  std::thread t(both);
  both();
  t.join();
}
`;

const RACE = `#include <thread>
#include <vector>
std::vector<int> items;
int main() {
  std::thread t([] {
    items.push_back(1);
  });
  items.push_back(2);
  t.join();
}
`;

const NO_MEMORY = `#include <new>
#include <thread>
#include <vector>
volatile std::size_t size = std::size_t(1) << 60;
int main() {
  bool refused = false;
  std::thread t([] {});
  try {
    std::vector<char> whole(size);
  } catch (const std::bad_alloc &) {
    refused = true;
  }
  t.join();
  return new (std::nothrow) char[size] || !refused ? *(volatile int *)0 : 0;
}
`;

const NOTHING = `#include <thread>
#include <vector>
std::vector<int> *none;
int main() {
  std::thread t([] {
    none->push_back(1);
  });
  t.join();
}
`;

describe.each(COMPILERS)('headers of the C++ library, by %s', (cc) => {
  test('a deadlock is in the line that takes the lock, and not in <mutex>', async () => {
    const { faulted } = await searched(shop, 'deadlock.cpp', DEADLOCK, { cc });
    expect(faulted.map((one) => one.replace(':6', ':10'))).toEqual(['deadlock:10']);
  });

  test('a race of two push_back() is in their two lines', async () => {
    const { races, status } = await searched(shop, 'race.cpp', RACE, { cc });
    expect(status).toBe(0);
    expect(races).toEqual(['6:8']);
  });

  test('a crash is in the line that uses a header', async () => {
    const { faulted } = await searched(shop, 'nothing.cpp', NOTHING, { cc });
    expect(faulted).toEqual(['crash:6']);
  });

  test('a loop in a header that tries two locks is not a livelock', async () => {
    const { faulted, exhausted } = await searched(shop, 'ordered.cpp', ORDERED, { cc });
    expect({ faulted, exhausted }).toEqual({ faulted: [], exhausted: true });
  });

  test('more memory than there is throws std::bad_alloc', async () => {
    const { faulted, status } = await searched(shop, 'memory.cpp', NO_MEMORY, { cc });
    expect({ faulted, status }).toEqual({ faulted: [], status: 0 });
  });
});
