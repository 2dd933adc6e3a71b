/** Exit codes of the command: documented, and stable. */
export const EXIT = {
  /** No fault; in `demo`: every expected fault seen, and `all` clean. */
  clean: 0,
  /** A fault was found. */
  fault: 1,
  /** What was asked for makes no sense. */
  usage: 2,
  /** The tool itself failed. */
  failed: 3,
  /** A threshold was missed, or a limit cut a search off: in `demo`, a race did not show in its time. */
  missed: 4,
  /** `run`: the application was not run, or dmtorture failed beside it. */
  notRun: 125,
  /** Stopped from outside before the end. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
