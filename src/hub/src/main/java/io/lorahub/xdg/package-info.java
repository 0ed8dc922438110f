/**
 * The user's folders for data, cache and configuration, after the XDG base directory specification.
 */
package io.lorahub.xdg;
