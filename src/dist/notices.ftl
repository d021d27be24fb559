<#-- THIRD-PARTY.txt of a distribution: each library with its licences. Starters of Spring Boot have no code and are left out. -->
Lightning DB is distributed with these libraries, unchanged but for native code of other platforms. The texts of
their licences and their notices are in the libraries (lib/), those of the Java runtime in java/legal/.
commands.jar has classes of picocli, too, changed: their class files are written anew in a newer form, for a cache of
classes takes no older one. What they do is the same, and their licence is that of picocli below.

<#list dependencyMap as entry>
<#assign library = entry.getKey()>
<#if !library.artifactId?starts_with("spring-boot-starter")>
${library.artifactId}-${library.version} (${library.groupId}): ${entry.getValue()?join("; ")}
</#if>
</#list>
