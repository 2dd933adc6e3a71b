import { describe, expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { searched } from './hosting';

const shop = workshop();

const HEAD = `#include <atomic>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
struct node { int value = 0; };
struct alignas(64) line { int value = 0; };
static std::atomic<int> seen;
static std::mutex lock;
static node *shared;
`;
const FLAGS = { flags: ['-std=c++17'] };

/** What a thread and main() both do, at line `LINE`. */
const both = (work: string, more = ''): string => `${HEAD}${more}
static void work()
{
	${work}
}
int main()
{
	std::thread t(work);
	work();
	t.join();
	return 0;
}
`;
const LINE = HEAD.split('\n').length + 3;

const CLEAN: [what: string, work: string, more?: string][] = [
  ['new and delete', 'node *n = new node; seen += n->value; delete n; delete[] new node[3];'],
  [
    'aligned new',
    'seen++; line *n = new line; assert(!((uintptr_t)n % 64)); delete n; delete[] new line[2];',
  ],
  [
    'strings and streams',
    'std::ostringstream s; s << seen.load() << " is a number of some length"; std::string t = s.str(); assert(t.size() > 20);',
  ],
  ['cout', 'std::cout << "seen " << seen++ << 1.5 << std::endl;'],
  [
    'containers',
    'std::map<int, std::string> m; m[seen++] = std::string(40, 0x61); std::vector<std::string> v(3); v.push_back(m.begin()->second);',
  ],
  [
    'shared_ptr',
    'std::lock_guard<std::mutex> g(lock); auto copy = kept; kept.reset(); if (copy) seen += copy->value;',
    'static std::shared_ptr<node> kept = std::make_shared<node>();',
  ],
  [
    'two owners of one count',
    'auto &mine = seen++ ? one : two; mine.reset(); seen++;',
    'static std::shared_ptr<node> one = std::make_shared<node>(), two = one;',
  ],
  [
    'what a stream of the library keeps for longer than an execution',
    'std::lock_guard<std::mutex> g(lock); std::cout.pword(std::ios_base::xalloc() + 9) = &seen;',
  ],
  [
    'an exception in flight while others run',
    'try { throw std::runtime_error("one"); } catch (std::exception &e) { seen++; assert(std::string(e.what()) == "one"); try { throw 2; } catch (int n) { seen++; assert(n == 2); } seen++; }',
  ],
  [
    'thread_local with a destructor',
    'mine.value++; seen++; assert(mine.value == 1);',
    'struct noted { int value = 0; ~noted() { seen += value; } }; static thread_local noted mine;',
  ],
  ['a static of a function', 'static std::string once(30, 0x62); seen += once.size();'],
  [
    'what two threads do once, each its own first',
    'if (seen++) { std::call_once(one, [] { a++; }); std::call_once(two, [] { b += 2; }); } else { std::call_once(two, [] { b += 2; }); std::call_once(one, [] { a++; }); } assert(a == 1 && b == 2);',
    'static std::once_flag one, two; static int a, b;',
  ],
  [
    'clocks',
    'auto a = std::chrono::steady_clock::now(); seen++; assert(std::chrono::steady_clock::now() > a);',
  ],
  [
    'functions that own',
    'std::function<int()> f = [n = std::string(50, 0x63)] { return (int)n.size(); }; seen += f();',
  ],
];

describe('C++ as it is: every execution is the same, and clean', () => {
  test.each(CLEAN.map(([what, work, more = '']) => ({ what, work, more })))(
    '$what',
    async ({ work, more }) => {
      const report = await searched(shop, 'clean.cpp', both(work, more), FLAGS);
      expect(report).toMatchObject({ faulted: [], exhausted: true, differs: '', status: 0 });
      expect(report.executions).toBeGreaterThan(1);
    },
  );

  test.each(COMPILERS)(
    '%s: a promise, a condition variable, an exception that is handed on',
    async (cc) => {
      const text = `${HEAD}static std::condition_variable changed;
static bool ready;
int main()
{
	std::promise<int> p;
	auto f = p.get_future();
	std::thread t([&] {
		try { throw std::runtime_error("handed on"); }
		catch (...) { p.set_exception(std::current_exception()); }
		std::lock_guard<std::mutex> g(lock);
		ready = true;
		changed.notify_one();
	});
	{
		std::unique_lock<std::mutex> g(lock);
		changed.wait(g, [] { return ready; });
	}
	try { f.get(); assert(false); }
	catch (std::runtime_error &e) { assert(std::string(e.what()) == "handed on"); }
	t.join();
	return 0;
}
`;
      const report = await searched(shop, 'promise.cpp', text, {
        cc: cc === 'gcc' ? 'g++' : 'clang++',
      });
      expect(report).toMatchObject({ faulted: [], exhausted: true, differs: '' });
    },
  );
});

const FAULTS: [fault: string, work: string, message: RegExp][] = [
  [
    'use-after-free',
    'node *n = new node; delete n; seen += n->value;',
    /reads 4 bytes, 0 bytes into a block of 4/,
  ],
  ['double-free', 'node *n = new node; delete n; delete n;', /frees a block of 4 bytes/],
  ['bad-free', 'node *n = new node[2]; delete (n + 1);', /4 bytes into a block of 8/],
  ['out-of-bounds', 'node *n = new node[2]; n[2].value = 1;', /writes 4 bytes, of which 4 behind/],
  [
    'abort',
    'throw std::runtime_error("nobody");',
    /^thread 2 throws std::runtime_error, which nobody catches$/,
  ],
];

describe('faults of C++', () => {
  test.each(FAULTS)('%s: %s', async (kind, work, message) => {
    const { faulted, faults } = await searched(shop, 'faulty.cpp', both(work));
    expect(faulted).toEqual([`${kind}:${LINE}`]);
    expect(faults[0]?.message).toMatch(message);
  });

  test('an exception that a noexcept function lets out ends the program', async () => {
    const { faults } = await searched(shop, 'noexcept.cpp', both('[]() noexcept { throw 1; }();'));
    expect(faults).toMatchObject([
      { kind: 'abort', message: 'thread 2 throws int, which nobody catches' },
    ]);
  });

  test('a std::thread that nobody joins ends the program', async () => {
    const { faults } = await searched(shop, 'unjoined.cpp', both('std::thread([] {});'));
    expect(faults).toMatchObject([
      { kind: 'abort', message: expect.stringMatching(/^thread 2 ends in std::terminate\(\)/) },
    ]);
  });

  test('the last owner of two frees what another still reads', async () => {
    const text = both(
      'auto mine = kept; seen += mine->value; kept = std::make_shared<node>();',
      'static std::shared_ptr<node> kept = std::make_shared<node>();',
    );
    const { faulted, races } = await searched(shop, 'owners.cpp', text);
    expect(races.length).toBeGreaterThan(0);
    expect(faulted.some((fault) => /^(use-after-free|double-free):/.test(fault))).toBe(true);
  });
});
