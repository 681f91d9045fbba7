export { FilesCard } from './FilesCard';
export { asEnclosures, FilesGo, FilesLeave } from './FilesGo';
export { FilesStay } from './FilesStay';
export { Left } from './Scans';
