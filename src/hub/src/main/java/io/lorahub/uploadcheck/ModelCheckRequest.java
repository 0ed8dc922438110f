package io.lorahub.uploadcheck;

/** @param folder with the files of a base model, which are not modified */
record ModelCheckRequest(String folder) {}
