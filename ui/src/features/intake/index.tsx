// The intake screen.
export { IntakeScreen } from './IntakeScreen';
