import { types } from 'node:util';

/**
 * What a native binary made, or another process sent, as objects of the realm of this file. Jest, and
 * the pools of Vitest that isolate by `vm`, give each test file globals of its own, and native code
 * knows those of the process alone: `toStrictEqual([])` tells two arrays apart by that.
 */

const TYPED = { Uint8Array, Int32Array, Uint32Array, Float64Array, BigUint64Array };

type TypedName = keyof typeof TYPED;

function ownArray(value: NodeJS.TypedArray): NodeJS.TypedArray {
  const own = TYPED[value[Symbol.toStringTag] as TypedName];
  if (!own) throw new Error(`dmtorture bug: no copy of a ${value[Symbol.toStringTag]}`);
  return Reflect.construct(own, [value]) as NodeJS.TypedArray;
}

/** A copy to its ground: of arrays, plain objects and typed arrays, which is all that comes. */
export function ownRealm<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (types.isTypedArray(value)) return ownArray(value) as Value;
  if (Array.isArray(value)) return Array.from(value, ownRealm) as Value;
  const own: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) own[name] = ownRealm(inner);
  return own as Value;
}
