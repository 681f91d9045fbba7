export { FilesCard } from './FilesCard';
export { FilesStay } from './FilesStay';
export { Left } from './Scans';
