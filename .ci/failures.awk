# Of CTest's LastTest.log: what the first tests that failed said, from their first complaint on.
/^[0-9]+\/[0-9]+ Test: / { name = $3; lines = 0; complains = 0; talks = 0 }
/^<end of output>/ { talks = 0 }
talks && lines < 8 {
    if (!complains && /Failure$|does not say|: status [0-9]|says: |ERROR: |WARNING: |not ok/) {
        complains = 1
        lines = 0
    }
    if (complains || lines < 4) line[lines++] = $0
}
/^Output:/ { talks = 1 }
/^Test Failed/ && failed++ < 4 {
    print name ":"
    for (i = 0; i < lines; i++) print "  " line[i]
}
