// Every page: tells the style sheet that scripts run, then wakes the kit's components.
import { initAll } from "../built/kit.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
