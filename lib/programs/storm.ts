/** The name of the run without thread programs: a random mix of operations on one world. */
export const STORM = 'storm';
