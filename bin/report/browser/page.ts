import { copyButtons } from './copy';
import { List } from './list';
import { opensLinks } from './links';
import { printsOpen } from './printing';
import { themeButton } from './theme';

themeButton();
const list = new List();
opensLinks(list);
copyButtons();
printsOpen(list);
