import { largest } from '../../base/bounds';
import type { Sketch } from './draw';
import { plotColors } from './theme';

/** In how many contexts a patch matters in a scenario. */
export interface PatchWeight {
  patch: string;
  scenario: string;
  contexts: number;
  of: number;
}

/** Patch x scenario. */
export function patchMapSketch(
  weights: readonly PatchWeight[],
  patches: readonly string[],
  scenarios: readonly string[],
): Sketch {
  const of = largest(
    weights.map((weight) => weight.of),
    1,
  );
  const values = weights.map((weight) => ({ ...weight, share: weight.contexts / of }));
  const bare = { title: null, ticks: false, domain: false };
  const encoding = {
    x: {
      field: 'scenario',
      type: 'nominal',
      sort: scenarios,
      axis: { ...bare, orient: 'top', labelAngle: -50, labelLimit: 240 },
    },
    y: { field: 'patch', type: 'nominal', sort: patches, axis: { ...bare, labelLimit: 240 } },
  };
  const light = { test: 'datum.share > 0.55', value: plotColors.paper };
  const spec = {
    data: { values },
    width: { step: 44 },
    height: { step: 26 },
    encoding,
    layer: [
      {
        mark: {
          type: 'rect',
          color: plotColors.series[0],
          stroke: plotColors.paper,
          strokeWidth: 2,
        },
        encoding: {
          fillOpacity: {
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: [0.04, 1] },
            legend: null,
          },
        },
      },
      {
        transform: [{ filter: 'datum.contexts > 0' }],
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: 'contexts', type: 'quantitative' },
          color: { condition: light, value: plotColors.ink },
        },
      },
    ],
  };
  return {
    name: 'patches-by-scenario',
    title: 'Which patches matter in which scenarios',
    caption: `In how many of ${of} subsets of the others a patch changes what can happen.`,
    spec,
  };
}
