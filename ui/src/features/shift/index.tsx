export { ShiftNotice } from './ShiftNotice';
export { ShiftScreen } from './ShiftScreen';
