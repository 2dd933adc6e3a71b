const prototypes = new Set<unknown>([
  Object.prototype,
  Array.prototype,
  ...[Uint8Array, Int32Array, Uint32Array, Float64Array].map(({ prototype }) => prototype),
]);

/** Where in a value an object of another realm stands, as paths; those of this realm are not. */
export function foreignParts(value: unknown, at = 'value'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = ArrayBuffer.isView(value) ? [] : Object.entries(value);
  const found = inner.flatMap(([name, part]) => foreignParts(part, `${at}.${name}`));
  return prototypes.has(Object.getPrototypeOf(value)) ? found : [at, ...found];
}
