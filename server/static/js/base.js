// Every page: tells the style sheet that scripts run, then wakes the kit's components where there are any.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
if (document.querySelector("[data-module^=govuk]")) await import("../built/kit.js");
