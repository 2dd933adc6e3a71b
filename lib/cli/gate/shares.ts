/** `5%`: by which share a row may be slower than it was. */
const SHARE = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/;

/** Whether a `--threshold` is a share, which only a comparison has a use for. */
export const isShare = (text: string): boolean => SHARE.test(text);

/** The shares of what was given as `--threshold`. */
export function sharesOf(given: unknown): number[] {
  const texts = Array.isArray(given) ? (given as unknown[]).map(String) : [];
  return texts.flatMap((text) => {
    const [, percent] = SHARE.exec(text) ?? [];
    return percent === undefined ? [] : [Number(percent) / 100];
  });
}
