// Dialogs of the whole window: not read before somebody can sign in.
export { ClockAsk } from './ClockAsk';
export { ClosingAsk } from './ClosingAsk';
export { KeysDialog } from './KeysDialog';
