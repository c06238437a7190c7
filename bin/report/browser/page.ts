import { brushesOverview } from './brush';
import { copyButtons } from './copy';
import { csvButton } from './csv';
import { List } from './list';
import { opensLinks } from './links';
import { printsOpen } from './printing';
import { themeButton } from './theme';
import { filtersTimeline } from './timeline';

themeButton();
const list = new List();
brushesOverview(list);
filtersTimeline(list);
csvButton(list);
opensLinks(list);
copyButtons();
printsOpen(list);
