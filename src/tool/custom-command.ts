/** The argument by which this program becomes the process of custom tools. It is no command for people. */
export const CUSTOM_TOOLS = "custom-tools"
