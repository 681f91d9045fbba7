// The case screen.
export { CaseScreen } from './CaseScreen';
