import { memberOf } from '../../base/bounds';

/** What the operating system's refusals mean, in words. */
const WHY: Record<string, string> = {
  ENOENT: 'there is no such file',
  EEXIST: 'that is a file, and a folder is needed',
  EISDIR: 'that is a folder',
  ENOTDIR: 'a part of that path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file would be too large',
  ELOOP: 'it is a link, and links are not followed',
  EBUSY: 'it is in use, or something is mounted there',
  ENXIO: 'that is neither a file, a fifo nor a device',
  EIO: 'the device failed',
};

/** Why something could not be read or written. */
export function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === undefined ? undefined : memberOf(WHY, code);
  return why === undefined ? (message ?? String(error)) : `${why} (${code})`;
}
