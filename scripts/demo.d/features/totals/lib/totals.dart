/// Totals are read from Grist, with the key in the environment.
const keyVariable = 'GRIST_API_KEY';
