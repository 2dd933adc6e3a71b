import { describe, expect, test } from '@jest/globals';
import { appSketches } from '../../../lib/render/plots/app';
import { ratioAxis } from '../../../lib/render/plots/axes';
import { panelsOf } from '../../../lib/render/plots/draw';
import { benchSketches } from '../../../lib/render/plots/plots';
import { benchDocument } from '../documents';

describe('pictures of counts, ratios and applications', () => {
  test('reference counts are panels of their kinds, with names that fit on a phone', () => {
    const [own] = benchDocument('refcount').rows as { variant: string }[];
    const ways = ['xadd', 'add_unless', 'dec_and_lock', 'lock_always', 'dm_style'];
    const schemes = ['refcount_t', 'percpu_ref', 'biased', 'hazard', 'epoch', 'rcu'];
    const variants = [...ways, 'dm_get, dm_put', 'dm_get_md, dm_put', ...schemes];
    const rows = variants.flatMap((variant) =>
      [1, 2].map((threads) => ({ ...own, variant, threads })),
    );
    const [sketch] = benchSketches(benchDocument('refcount', { rows: rows as never }));
    const panels = panelsOf(sketch?.spec ?? []).map(({ head, spec: panel }) => {
      const text = JSON.stringify(panel);
      const names = [...text.matchAll(/"name":"([^"]+)","fromX"/g)].map(([, name]) => name);
      return [head.split('\n')[1], [...new Set(names)]];
    });
    expect(panels).toEqual([
      ['counts by hand', ways],
      ['the device mapper', ['dm_get', 'dm_get_md']],
      ['schemes with a name', schemes],
    ]);
  });

  test('all ticks of a ratio are at even steps, and few where they are long numbers', () => {
    const ticks = (most: number) =>
      (ratioAxis('', [1, most]).axis.values as number[]).toSorted((a, b) => a - b);
    expect(ticks(6)).toEqual([1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8]);
    expect(ticks(3000)).toEqual([1 / 4096, 1 / 64, 1, 64, 4096]);
  });

  test('run times that are near to each other have an axis of percents', () => {
    const axisOf = (high: number) => {
      const rows = [1, high].map((ratio, i) => ({
        ...{ lock: `lock${i}`, n: 6, runMs: 1, ci95: null, vsPthread: ratio, leftOut: null },
        ...{ vsPthreadCi95: [ratio, ratio] as [number, number], windows: [1, 1, 1, 1, 1, 1] },
        failed: false,
      }));
      return JSON.stringify(appSketches(rows)[0]?.spec);
    };
    expect(axisOf(1.06)).toContain('"scale":{"type":"linear"');
    expect(axisOf(12)).toContain('"scale":{"type":"log"');
  });
});
