/** Acceptable: also seen one after another; interesting: takes concurrency; forbidden: a fault. */
export type Grade = (typeof GRADES)[number];

/** How bad an outcome is, by its number. */
export const GRADES = ['acceptable', 'interesting', 'forbidden'] as const;
