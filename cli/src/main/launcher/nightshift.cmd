@echo off
rem Starts nightshift.jar, which stands beside this file, on a Java of at least version 25.
rem NIGHTSHIFT_JAVA names one; else JAVA_HOME, else the java of the PATH.
setlocal
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if defined NIGHTSHIFT_JAVA set "java=%NIGHTSHIFT_JAVA%"
set "cache=%LOCALAPPDATA%\nightshift"
set "archive=%cache%\nightshift.jsa"
set "training="
if not exist "%cache%" mkdir "%cache%" >nul 2>nul
if not exist "%archive%" set "training=-Dnightshift.training=true"
"%java%" -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:aot=off ^
    -XX:+AutoCreateSharedArchive "-XX:SharedArchiveFile=%archive%" %training% -jar "%~dp0nightshift.jar" %*
exit /b %ERRORLEVEL%
