// The control board.
export { ControlScreen } from './ControlScreen';
