// `credlock hunt`: a bundle of its own, so that no other command loads it.
export { huntHere } from './hunt/hunt';
export { huntInAws } from './hunt/hunt-in-aws';
export { reportFiles } from './hunt/report-files';
