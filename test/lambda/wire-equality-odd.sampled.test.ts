import { describeEverySecond } from './wire-equality';

describeEverySecond(1);
