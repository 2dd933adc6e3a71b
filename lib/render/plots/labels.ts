/** Where a name stands that would like to stand at `wanted`. */
interface Block {
  /** Of the names in it, where each would like to stand. */
  wanted: number[];
  /** Of its first name. */
  top: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A block around the mean of what its names want, within `height`. */
function settled(wanted: number[], step: number, height: number): Block {
  const room = (wanted.length - 1) * step;
  const top = mean(wanted) - room / 2;
  return { wanted, top: Math.max(0, Math.min(height - room, top)) };
}

/**
 * Heights for names beside a panel, so that none is nearer than `step` to another: names that would
 * run into each other become a block, which stands around the mean of what they want.
 *
 * @param wanted - Where each would stand if it were alone, in pixels from the top.
 * @param step - The height of a name.
 * @param height - Of the panel. Where there is no room for all, the last ones stand below it.
 */
export function placeLabels(wanted: readonly number[], step: number, height: number): number[] {
  const order = wanted
    .map((_, i) => i)
    .sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  const blocks: Block[] = [];
  for (const i of order) {
    let block = settled([wanted[i] ?? 0], step, height);
    for (let above = blocks.at(-1); above; above = blocks.at(-1)) {
      if (above.top + above.wanted.length * step <= block.top) break;
      blocks.pop();
      block = settled([...above.wanted, ...block.wanted], step, height);
    }
    blocks.push(block);
  }
  const placed = blocks.flatMap((block) => block.wanted.map((_, i) => block.top + i * step));
  const heights = wanted.map(() => 0);
  for (const [place, i] of order.entries()) heights[i] = placed[place] ?? 0;
  return heights;
}
