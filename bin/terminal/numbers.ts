export { counted, grouped } from '../../lambda/detection/model/numbers';
