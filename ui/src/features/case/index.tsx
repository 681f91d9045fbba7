// The case screen.
export { CaseScreen } from './CaseScreen';
export { LooksDialog } from './LooksDialog';
