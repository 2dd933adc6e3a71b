// Sequential consistency and x86-TSO as a machine that runs the programs of small.mjs, one step of one
// thread after the other, from every state that was not met before. It shares nothing with the engine.

const START = (threads) => ({
  at: threads.map((_, t) => (t === 0 ? 0 : -1)), // -1: not begun
  a: [0, 0],
  top: 0,
  d: [0, 0],
  held: [0, 0],
  node: {},
  holds: threads.map(() => 0), // the block that a thread has taken and not read yet
  half: threads.map(() => 0), // of B, its first half is done
  buffer: threads.map(() => []),
  got: {},
});

const copy = (s) => ({
  at: [...s.at],
  a: [...s.a],
  top: s.top,
  d: [...s.d],
  held: [...s.held],
  node: { ...s.node },
  holds: [...s.holds],
  half: [...s.half],
  buffer: s.buffer.map((b) => [...b]),
  got: { ...s.got },
});

/** What threads find at a place: `a0`, `a1`, `top`, or `n7`, of a block. */
function seen(s, t, place) {
  for (const [where, value] of s.buffer[t].toReversed()) if (where === place) return value;
  if (place === 'top') return s.top;
  return place[0] === 'a' ? s.a[Number(place[1])] : (s.node[place] ?? 0);
}

function put(s, place, value) {
  if (place === 'top') s.top = value;
  else if (place[0] === 'a') s.a[Number(place[1])] = value;
  else s.node[place] = value;
}

class Machine {
  constructor(program, buffers, reuse) {
    this.reuse = reuse;
    this.threads = program.threads;
    this.results = program.results;
    this.buffers = buffers;
    this.met = new Set();
    this.ends = new Set();
    this.stuck = false;
  }

  /** Whether the store waits; where it does not, its thread needs an empty buffer. */
  #store(s, t, place, value, order) {
    if (this.buffers && order !== 'seq_cst') s.buffer[t].push([place, value]);
    else if (s.buffer[t].length > 0) return false;
    else put(s, place, value);
    return true;
  }

  /** The state behind the next step of @t; undefined: it cannot go on. */
  step(from, t) {
    const s = copy(from);
    const one = this.threads[t][s.at[t]];
    const empty = s.buffer[t].length === 0;
    const place = `a${one.p}`;
    s.at[t]++;
    switch (one.k) {
      case 'W':
        return this.#store(s, t, place, one.v, one.o) ? s : undefined;
      case 'R':
        s.got[one.r] = seen(s, t, place);
        return s;
      case 'Z':
        return seen(s, t, place) ? s : undefined;
      case 'A':
      case 'X':
        if (!empty) return undefined;
        s.got[one.r] = s.a[one.p];
        s.a[one.p] = one.k === 'A' ? s.a[one.p] + one.v : one.v;
        return s;
      case 'C':
        if (!empty) return undefined;
        s.got[one.r] = s.a[one.p];
        if (s.a[one.p] === one.old) s.a[one.p] = one.v;
        return s;
      case 'F':
        return empty || one.o !== 'seq_cst' ? s : undefined;
      case 'L':
        if (!empty || s.held[one.m]) return undefined;
        s.held[one.m] = 1;
        return s;
      case 'U':
        if (!empty) return undefined;
        s.held[one.m] = 0;
        return s;
      case 'T':
        if (!empty) return undefined;
        s.got[one.r] = s.held[one.m] ? 1 : 2;
        if (s.held[one.m]) s.at[t] += one.skip;
        s.held[one.m] = 1;
        return s;
      case 'P':
        s.d[one.d] = one.v;
        return s;
      case 'p':
        s.got[one.r] = s.d[one.d];
        return s;
      case 'N':
        if (!empty) return undefined;
        s.at[one.t] = 0;
        return s;
      case 'J':
        return this.#isOver(s, one.t) ? s : undefined;
      case 'B':
        return this.#publish(s, t, one);
      default:
        return this.#take(s, t, one);
    }
  }

  #publish(s, t, one) {
    const id = t * 10 + s.at[t];
    if (!s.half[t]) {
      // The lists of freed blocks have a lock.
      if (this.reuse && s.buffer[t].length > 0) return undefined;
      s.half[t] = 1;
      s.at[t]--;
      const block = t * 10 + s.at[t] + 1;
      return this.#store(s, t, `n${block}`, one.v, one.inner) ? s : undefined;
    }
    s.half[t] = 0;
    return this.#store(s, t, 'top', id, one.o) ? s : undefined;
  }

  #take(s, t, one) {
    if (s.holds[t]) {
      s.got[one.r] = seen(s, t, `n${s.holds[t]}`);
      delete s.node[`n${s.holds[t]}`];
      s.holds[t] = 0;
      return s;
    }
    if (s.buffer[t].length > 0) return undefined;
    s.got[one.r] = 9;
    if (s.top) {
      s.holds[t] = s.top;
      s.at[t]--;
    }
    s.top = 0;
    return s;
  }

  #isOver(s, t) {
    return s.at[t] === this.threads[t].length && s.buffer[t].length === 0;
  }

  #end(s) {
    if (!this.threads.every((_, t) => s.at[t] < 0 || this.#isOver(s, t))) {
      this.stuck = true;
      return;
    }
    const results = Array.from({ length: this.results }, (_, r) => s.got[r] ?? 0);
    this.ends.add([...results, ...s.a, ...s.d].join(' '));
  }

  /** All ends, unless there are too many states. */
  run(most) {
    const left = [START(this.threads)];
    while (left.length > 0) {
      const s = left.pop();
      let over = true;
      for (let t = 0; t < this.threads.length; t++) {
        const next = [];
        if (s.buffer[t].length > 0) {
          const flushed = copy(s);
          put(flushed, ...flushed.buffer[t].shift());
          next.push(flushed);
        }
        if (s.at[t] >= 0 && s.at[t] < this.threads[t].length) {
          const stepped = this.step(s, t);
          if (stepped) next.push(stepped);
        }
        for (const one of next) {
          over = false;
          const key = JSON.stringify(one);
          if (this.met.has(key)) continue;
          if (this.met.size >= most) return false;
          this.met.add(key);
          left.push(one);
        }
      }
      if (over) this.#end(s);
    }
    return true;
  }
}

/** What @program may end as under @memory, where freed blocks are reused or not; undefined: too many states. */
export function endsOf(program, memory, reuse, most = 200_000) {
  const machine = new Machine(program, memory === 'tso', reuse);
  if (!machine.run(most)) return undefined;
  return { ends: machine.ends, stuck: machine.stuck };
}
