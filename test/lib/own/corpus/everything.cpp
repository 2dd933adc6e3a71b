// What C++17 has of threads and atomics, and of its library what programs use.
#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

struct Pair {
  long a, b;
};

class Shape {
public:
  virtual ~Shape() = default;
  virtual int sides() const = 0;
};
class Square : public Shape {
public:
  int sides() const override { return 4; }
};
class Line : virtual public Shape {
public:
  int sides() const override { return 1; }
};

std::atomic<int> number{0};
std::atomic<Pair> wide;
std::atomic<std::shared_ptr<int> *> pointer;
std::atomic_flag flag = ATOMIC_FLAG_INIT;
std::mutex mutex;
std::recursive_mutex recursive;
std::timed_mutex timed;
std::shared_mutex shared;
std::condition_variable condition;
std::condition_variable_any any_condition;
std::once_flag once;
std::queue<std::string> queue;
thread_local std::vector<int> mine;
inline thread_local int count = 1;

struct Late {
  Late() { number++; }
  ~Late() { number--; }
};

Late &late() {
  static Late made;
  return made;
}

void atomics() {
  int expected = 0;
  number.store(1, std::memory_order_release);
  number.fetch_add(1);
  number.compare_exchange_weak(expected, 3, std::memory_order_acq_rel);
  number |= 2;
  ++number;
  wide.store({1, 2});
  assert(wide.load().a == 1);
  while (flag.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  flag.clear();
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

void locks() {
  std::scoped_lock both(mutex, recursive);
  std::shared_lock<std::shared_mutex> reads(shared);
  if (timed.try_lock_for(std::chrono::milliseconds(1))) timed.unlock();
  std::call_once(once, [] { number = 7; });
  queue.push("item");
  condition.notify_all();
  any_condition.notify_one();
  mine.push_back(count++);
  late();
}

void waits() {
  std::unique_lock<std::mutex> lock(mutex);
  condition.wait_for(lock, std::chrono::microseconds(5), [] { return !queue.empty(); });
  std::this_thread::sleep_for(std::chrono::nanoseconds(1));
  if (std::chrono::steady_clock::now() < std::chrono::steady_clock::time_point::min()) throw 1;
}

int libraries() {
  std::map<std::string, int> sorted{{"a", 1}, {"b", 2}};
  std::unordered_map<int, std::string> hashed{{1, "one"}};
  std::set<int> set{3, 1, 2};
  std::deque<int> deque(set.begin(), set.end());
  std::vector<int> numbers(10);
  std::mt19937 random(42);
  std::ostringstream text;
  std::variant<int, std::string> variant = std::string("text");
  std::optional<int> maybe = 3;
  std::unique_ptr<Shape> shape = std::make_unique<Square>();
  std::shared_ptr<Shape> held = std::make_shared<Line>();
  std::weak_ptr<Shape> weak = held;
  std::function<int(int)> twice = [](int n) { return 2 * n; };

  std::generate(numbers.begin(), numbers.end(), random);
  std::sort(numbers.begin(), numbers.end());
  text << "text " << numbers.size() << ' ' << 1.5 << std::boolalpha << true;
  std::cout << text.str() << std::endl;
  std::cerr << sorted["a"] << '\n';
  std::printf("%s\n", hashed[1].c_str());
  try {
    if (dynamic_cast<Square *>(held.get())) throw std::runtime_error("cast");
    std::stoi("not a number");
  } catch (const std::invalid_argument &error) {
    std::cerr << error.what();
  } catch (...) {
    std::rethrow_exception(std::current_exception());
  }
  return twice(*maybe) + shape->sides() + int(std::get<std::string>(variant).size()) +
         int(weak.use_count()) + deque.front();
}

int main() {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::packaged_task<int()> task(libraries);
  auto made = std::async(std::launch::deferred, libraries);
  std::thread one([&] {
    atomics();
    locks();
    promise.set_value(1);
  });
  std::thread two(waits);
  one.join();
  two.join();
  task();
  return future.get() + made.get() == 0;
}
