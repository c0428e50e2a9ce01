import{I as r}from"./part-J6HVRE42.js";r();
