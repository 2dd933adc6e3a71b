/** How tickets begin that are read here. `native/explore_dm/ticket.h` and `lib/own/ticket.ts` say what
 * is behind it. */
export const TICKET_FORMS = {
  /** Of 0.1; read, and no longer written. */
  oldest: 'dmt1.',
  plain: 'dmt2.',
  /** Under a memory model, and of a lock. */
  memory: 'dmt3.',
  ownPlain: 'dmo1.',
  ownMemory: 'dmo2.',
} as const;

const ALL = Object.values(TICKET_FORMS);

/** `dmt1., dmt2. or dmo1.`: all of them, for a sentence. */
export const TICKET_FORMS_TEXT = `${ALL.slice(0, -1).join(', ')} or ${ALL.at(-1)}`;

/** Any version of what is a ticket, and `dmm1.`, of models in C, which has a sentence of its own. */
const TICKET = /^\s*(?:dmt\d|dmo\d+|dmm1)\./;

/** Whether a text begins as tickets do, of other versions as well. */
export const beginsAsTicket = (text: string): boolean => TICKET.test(text);
