import * as v from 'valibot';
import { latencyNs } from './fields';

/** What figures of rows are made of. */

/** Times, rates and counts: plots have logarithms of them, and none is below zero. */
export const number = v.pipe(v.number(), v.minValue(0));
const bounds = v.tuple([number, number]);
/** Null: too few windows. */
export const interval = v.nullable(bounds);
export const counts = v.array(number);
export const pairs = v.array(bounds);
/** As reports that are read have it. */
export const readQuantiles = v.looseObject({ ...latencyNs.entries, p90: v.optional(number) });

/** Lower and upper end of what holds a figure with a probability of 95 %. */
export type Interval = [low: number, high: number];

/** The same, or null where there were fewer than six windows: those have no such interval. */
export type Confidence = Interval | null;
