export { HallScreen } from './HallScreen';
