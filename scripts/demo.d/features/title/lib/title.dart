/// What the board is called on every page.
const boardTitle = 'Grist board';
