/**
 * Charts of pages: {@code Chart} has the numbers and draws them for pages without scripts, with the template chart/chart.html.
 * The script chart.js draws them again from the same numbers, says values, changes the scale, and saves files. What a chart
 * shows must also be in a table, a list or a file of the page.
 */
package io.lorahub.web.chart;
